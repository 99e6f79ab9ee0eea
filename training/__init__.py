"""From annotated texts to the model that the package ships. Not part of the wheel; see README.md beside this file."""
