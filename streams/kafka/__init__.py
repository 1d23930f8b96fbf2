"""What Kafka needs beside the stream engine: how to reach it safely, and its topics."""
