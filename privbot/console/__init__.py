"""The operators' web console: Django views over the plain functions of the other rooms."""
