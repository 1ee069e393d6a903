"""MongoEngine's speed and memory, beside the released MongoEngine: ``make bench``."""
