"""What all tests share: how hypothesis looks for counterexamples."""

from hypothesis import HealthCheck, settings

# No deadline: a slow machine is no counterexample.
settings.register_profile(
    "laws", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("laws"), max_examples=3000)
settings.load_profile("laws")
