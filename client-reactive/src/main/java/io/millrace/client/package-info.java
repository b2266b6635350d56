/**
 * The reactive Kafka client: the public API. No call of it blocks, waits or parks a thread; what takes time is a future that
 * completes on the event loop of whoever made the producer, consumer or admin client.
 */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
