package io.millrace.wire.record;

/**
 * Why one record makes its whole batch be refused.
 *
 * @param indexInBatch from 0
 */
public record RecordError(int indexInBatch, String message) {}
