"""For the tests of those who extend us: what every store must pass. Needs pytest.

from agentrec_auto.testing import StoreConformance

class TestMyStore(StoreConformance):
    def open(self, folder):
        return MyStore(f"mine://{folder}/corpus")
"""

from agentrec_auto.testing.stores import StoreConformance

__all__ = ["StoreConformance"]
