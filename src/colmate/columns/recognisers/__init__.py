"""One module a semantic type; each holds ``RECOGNISER``. Adding a type is adding a module, its entry, its test."""
