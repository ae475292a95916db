"""Prints what pandas makes of a table with no options given: types, missing values, rows."""

import json
import sys

import pandas

table = pandas.read_csv(sys.argv[1])
print(
    json.dumps(
        {
            "types": {name: str(column.dtype) for name, column in table.items()},
            "missing": {name: int(column.isna().sum()) for name, column in table.items()},
            "rows": json.loads(table.to_json(orient="records", double_precision=15)),
        }
    )
)
