from odoo import models
from odoo.exceptions import LockError, UserError


class AutoLockMixin(models.AbstractModel):
    """Two people, one record, the same moment: one goes on, the other is told."""

    _name = "auto.lock.mixin"
    _description = "Steps that one person takes at a time"

    def _lock_for_step(self, *names):
        """Take these records for one step, until the transaction ends.

        :param names: the fields by which the step is allowed, read anew
        :raise AccessError: for those who may not write them
        :raise UserError: when somebody else is taking a step with one of them
        """
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is working on this right now.")
            ) from error
        self.invalidate_recordset(names)
