"""Invented people for the scenarios, and a big table of prospects to hide among."""

import itertools
import random

from odoo.tools import SQL

# Elsewhere in each run, so that one database can be used again.
_numbers = itertools.count(random.randrange(90_000_000))


def fresh_person():
    """Return name, phone and e-mail of a person nobody has seen before."""
    number = next(_numbers)
    return {
        "name": f"Benchmark Person {number}",
        "phone": f"+86139{number:08d}",
        "email": f"person{number}@bench.example.com",
    }


def store(env):
    """Return the store in which the scenarios work."""
    parents = env["res.company"].search([("parent_id", "!=", False)], limit=1)
    return parents or env.company


def fill_leads(env, company, rows):
    """Bring the prospects of ``company`` up to ``rows`` more, each a known person.

    Written as raw SQL, with the identities that an intake would have made: the
    scenarios measure looking up, not filling.
    """
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH lead AS (
                INSERT INTO crm_lead
                    (name, type, active, company_id, phone, phone_sanitized,
                     email_from, email_normalized, probability, won_status, create_date)
                SELECT 'Filler ' || i, 'opportunity', true, %(company)s,
                       '+86137' || lpad(i::text, 8, '0'),
                       '+86137' || lpad(i::text, 8, '0'),
                       'filler' || i || '@bench.example.com',
                       'filler' || i || '@bench.example.com', 10, 'pending', now()
                  FROM generate_series(1, %(rows)s) AS i
                RETURNING id, phone_sanitized, email_normalized
            )
            INSERT INTO auto_lead_identity (company_id, lead_id, kind, value)
            SELECT %(company)s, id, 'phone', phone_sanitized FROM lead
            UNION ALL
            SELECT %(company)s, id, 'email', email_normalized FROM lead
            """,
            company=company.id,
            rows=rows,
        )
    )
    env.cr.commit()
    env.cr.execute(SQL("ANALYZE crm_lead"))
    env.cr.execute(SQL("ANALYZE auto_lead_identity"))
    env.cr.commit()


def drop_filler(env):
    """Remove what :func:`fill_leads` made."""
    env.cr.execute(
        SQL(
            """
            DELETE FROM auto_lead_identity WHERE lead_id IN
                (SELECT id FROM crm_lead WHERE name LIKE 'Filler %%')
            """
        )
    )
    env.cr.execute(SQL("DELETE FROM crm_lead WHERE name LIKE 'Filler %%'"))
    env.cr.commit()
