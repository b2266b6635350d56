package io.millrace.broker.storage;

/**
 * The bounds of a log at one moment. Later views never show a smaller visible end, unless the log was truncated.
 *
 * @param logStartOffset first offset that may be read
 * @param lastStableOffset first offset of the oldest open transaction, at most the visible end
 * @param visibleEndOffset first offset that may not be read yet: everything before is durable under the topic's mode
 * @param logEndOffset next offset to be written to the segment, at least the visible end
 * @param sizeBytes bytes of all segments
 */
public record LogView(
        long logStartOffset,
        long lastStableOffset,
        long visibleEndOffset,
        long logEndOffset,
        long sizeBytes,
        int segmentCount) {}
