"""`python -m wrapped_devkit.contract [FOLDER]`: write the contract page and the JSON Schemas (into `docs`).

Also the types of documents in `wrapped_shared.stored`.
"""

import sys
from pathlib import Path

from wrapped_shared import stored

from wrapped_devkit.contract.json_schemas import schema_files
from wrapped_devkit.contract.page import page
from wrapped_devkit.contract.typed_dicts import typed_dict_modules

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
schemas = folder / "schemas"
schemas.mkdir(parents=True, exist_ok=True)
files = schema_files()
for stale in {path.name for path in schemas.glob("*.json")} - files.keys():
    (schemas / stale).unlink()
for name, text in files.items():
    (schemas / name).write_text(text, encoding="utf-8")
(folder / "contract.md").write_text(page(), encoding="utf-8")
for name, text in typed_dict_modules().items():
    (Path(stored.__file__).parent / name).write_text(text, encoding="utf-8")
