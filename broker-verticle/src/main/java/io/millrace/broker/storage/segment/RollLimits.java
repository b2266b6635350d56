package io.millrace.broker.storage.segment;

/**
 * When a segment ends.
 *
 * @param segmentBytes no segment grows past it, except for one batch that is larger
 * @param segmentMs age at which the next batch begins a new segment
 * @param indexBytes size that neither index file passes
 */
public record RollLimits(int segmentBytes, long segmentMs, int indexBytes) {}
