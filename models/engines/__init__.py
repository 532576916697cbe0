"""Translation engines behind one protocol (`base.Engine`), chosen by name in `registry`."""
