package io.millrace.broker.storage;

/**
 * What opening a log took.
 *
 * @param checkedBytes bytes whose checksums were computed
 * @param cutBytes bytes after the last valid batch, which were removed
 * @param rebuiltSegments segments whose indexes were missing or damaged
 */
public record RecoverySummary(long checkedBytes, long cutBytes, int rebuiltSegments) {}
