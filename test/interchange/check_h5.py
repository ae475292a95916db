"""Reads a surface as loss-landscape's plot_2D.py does and prints, as JSON, what it would draw: `check_h5.py FILE NAME`."""

import json
import sys

import h5py
import numpy as np

path, name = sys.argv[1:]
f = h5py.File(path, "r")
x = np.array(f["xcoordinates"][:])
y = np.array(f["ycoordinates"][:])
X, Y = np.meshgrid(x, y)
Z = np.array(f[name][:])
i, j = np.unravel_index(np.nanargmax(Z), Z.shape)
print(
    json.dumps(
        {
            "shapes": [list(X.shape), list(Z.shape)],
            "types": [str(x.dtype), str(Z.dtype)],
            "highest": [float(X[i, j]), float(Y[i, j]), float(Z[i, j])],
            "missing": int(np.isnan(Z).sum()),
            "provenance": f.attrs["provenance"],
        }
    )
)
