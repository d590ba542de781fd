from . import dealer_group


def post_init_hook(env):
    """Build the dealer group that the tests of all addons share."""
    dealer_group.keep(env)
