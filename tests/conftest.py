"""What all tests share."""

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

# Two workers on two cores: torch's own threads would only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")
for name in [name for name in os.environ if name.startswith("GDCLI_")]:
    del os.environ[name]
# Nothing that a test starts reads or writes the user's own cache.
os.environ["GDCLI_CACHE_DIR"] = tempfile.mkdtemp(prefix="gdcli-cache-")
atexit.register(shutil.rmtree, os.environ["GDCLI_CACHE_DIR"], ignore_errors=True)

settings.register_profile(
    "gdcli",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gdcli")
