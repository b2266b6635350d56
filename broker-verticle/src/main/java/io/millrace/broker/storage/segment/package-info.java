/**
 * The files of one segment, {@code .log}, {@code .index} and {@code .timeindex}, in Kafka's formats. Written by the log's
 * owner only; read by any thread up to a position that the log has published.
 */
@NullMarked
package io.millrace.broker.storage.segment;

import org.jspecify.annotations.NullMarked;
