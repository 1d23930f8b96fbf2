"""The engine: Faust on Kafka, or on a durable log of our own in this program."""
