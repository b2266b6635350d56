package io.millrace.broker.storage.producer;

import io.millrace.wire.ErrorCode;

/** Whether a batch of an idempotent producer may be appended. */
public sealed interface SequenceVerdict {

    /** It is the next one, or the first that this partition sees of its producer. */
    SequenceVerdict ACCEPTED = new Accepted();

    /** Append it. */
    record Accepted() implements SequenceVerdict {}

    /** The same sequences are in the log already, at these offsets. */
    record Duplicate(long baseOffset, long lastOffset, long timestampMs) implements SequenceVerdict {}

    /** It must not be appended. */
    record Refused(ErrorCode error, String message) implements SequenceVerdict {}
}
