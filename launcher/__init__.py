"""The set-up path: everything behind `./auto-crm`.

Python's standard library only, since it runs before anything is installed. One
module for each thing it gets: odoo, pyenv, postgres, databases, chromium; one for
each command: demo, testing, bench, tools (shell, psql), doctor.
"""
