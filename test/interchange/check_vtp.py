"""Reads .vtp files with VTK itself and prints, as JSON, what is in each: `check_vtp.py FILE...`."""

import json
import sys

import vtk
from vtk.util.numpy_support import vtk_to_numpy

complaints = []


def complain(_, event):
    complaints.append(event)


def read(path):
    reader = vtk.vtkXMLPolyDataReader()
    for event in ("ErrorEvent", "WarningEvent"):
        reader.AddObserver(event, complain)
    reader.SetFileName(path)
    reader.Update()
    mesh = reader.GetOutput()
    data = mesh.GetPointData()
    arrays = {data.GetArrayName(i): vtk_to_numpy(data.GetArray(i)) for i in range(data.GetNumberOfArrays())}
    normals = vtk.vtkPolyDataNormals()
    normals.SetInputData(mesh)
    normals.ComputePointNormalsOff()
    normals.ComputeCellNormalsOn()
    normals.ConsistencyOff()
    normals.Update()
    of_cells = normals.GetOutput().GetCellData().GetNormals()
    return {
        "points": vtk_to_numpy(mesh.GetPoints().GetData()).tolist(),
        "cells": [
            [mesh.GetCell(i).GetPointId(j) for j in range(mesh.GetCell(i).GetNumberOfPoints())]
            for i in range(mesh.GetNumberOfCells())
        ],
        "kinds": sorted({mesh.GetCell(i).GetClassName() for i in range(mesh.GetNumberOfCells())}),
        "scalars": data.GetScalars().GetName(),
        # JSON has no numbers that are not finite.
        "arrays": {
            name: [float(x) if abs(x) < float("inf") else str(x) for x in values.ravel()]
            for name, values in arrays.items()
        },
        "upwards": bool((vtk_to_numpy(of_cells)[:, 2] > 0).all()) if of_cells and mesh.GetNumberOfPolys() else None,
    }


files = [read(path) for path in sys.argv[1:]]
print(json.dumps({"complaints": complaints, "files": files}))
