"""What the product costs, against plain Odoo or raw SQL in the same run."""
