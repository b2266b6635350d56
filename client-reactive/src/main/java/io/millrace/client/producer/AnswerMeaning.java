package io.millrace.client.producer;

import io.millrace.wire.ErrorCode;

/**
 * What a broker's error says about the batch. That it has an error does not mean that the batch is not in the log: some
 * come after the append. What is not listed here is taken for the worse, so that a code that a newer broker invents is
 * never mistaken for "not written".
 */
enum AnswerMeaning {
    /** It is in the log, at the offset in the answer. */
    WRITTEN,
    /** It is in the log, but the broker does not know where any more. */
    WRITTEN_BEFORE,
    /** Not written; smaller batches may be. */
    TOO_LARGE,
    /** Not written: the sequence is not the one that the log's end asks for, or the broker does not know the producer there. */
    OUT_OF_SEQUENCE,
    /** Not written, but it may be later. */
    NOT_YET,
    /** It may have been written; idempotent batches can be sent again all the same. */
    MAYBE,
    /** Not written, and never will be. */
    REFUSED,
    /** It may have been written, and there is no sense in sending it again. */
    UNKNOWN;

    static AnswerMeaning of(ErrorCode error) {
        return switch (error) {
            case NONE -> WRITTEN;
            case DUPLICATE_SEQUENCE_NUMBER -> WRITTEN_BEFORE;
            case MESSAGE_TOO_LARGE -> TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH -> OUT_OF_SEQUENCE;
            // A leader that has lost its office while it waited for the others says NOT_LEADER about what it has
            // appended.
            case NOT_LEADER_OR_FOLLOWER, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, NETWORK_EXCEPTION ->
                MAYBE;
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    LEADER_NOT_AVAILABLE,
                    NOT_ENOUGH_REPLICAS,
                    CORRUPT_MESSAGE,
                    THROTTLING_QUOTA_EXCEEDED -> NOT_YET;
            case RECORD_LIST_TOO_LARGE,
                    INVALID_RECORD,
                    INVALID_TIMESTAMP,
                    INVALID_TOPIC_EXCEPTION,
                    INVALID_REQUIRED_ACKS,
                    INVALID_REQUEST,
                    TOPIC_AUTHORIZATION_FAILED,
                    CLUSTER_AUTHORIZATION_FAILED,
                    TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                    UNSUPPORTED_VERSION,
                    UNSUPPORTED_FOR_MESSAGE_FORMAT,
                    UNSUPPORTED_COMPRESSION_TYPE,
                    POLICY_VIOLATION,
                    PRODUCER_FENCED,
                    INVALID_PRODUCER_ID_MAPPING,
                    INVALID_TXN_STATE -> REFUSED;
            default -> error.retriable() ? MAYBE : UNKNOWN;
        };
    }

    /** Whether leaders may have moved: look at the metadata again. */
    static boolean asksForMetadata(ErrorCode error) {
        return switch (error) {
            case NOT_LEADER_OR_FOLLOWER,
                    UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    LEADER_NOT_AVAILABLE,
                    FENCED_LEADER_EPOCH,
                    KAFKA_STORAGE_ERROR,
                    NETWORK_EXCEPTION -> true;
            default -> false;
        };
    }
}
