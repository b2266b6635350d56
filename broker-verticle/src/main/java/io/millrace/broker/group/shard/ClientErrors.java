package io.millrace.broker.group.shard;

import io.millrace.wire.ErrorCode;

/** What clients are told when records could not be written: an error that they know from coordinators. As Kafka does. */
final class ClientErrors {

    private ClientErrors() {}

    static ErrorCode of(ErrorCode appendError) {
        return switch (appendError) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> appendError;
        };
    }
}
