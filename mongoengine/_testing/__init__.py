"""The parts of `mongoengine.testing`; import them from there."""
