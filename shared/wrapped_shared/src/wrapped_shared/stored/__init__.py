"""Documents as dicts: TypedDicts by which the type checker finds misspelt fields, one module for each of `models`.

`python -m wrapped_devkit.contract` makes them from the models. Models validate at the edges; inside,
documents are dicts.
"""
