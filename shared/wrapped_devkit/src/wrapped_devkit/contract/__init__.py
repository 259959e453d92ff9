"""The contract for those who read it: `docs/contract.md` and a JSON Schema file for each collection.

`python -m wrapped_devkit.contract` writes both from the models in `wrapped_shared.models`, the prose of `guide.md` and
the report in `sample_report.json`. What a field means is said in its model and nowhere else. It also writes the types
of documents in `wrapped_shared.stored`, for our own code.
"""
