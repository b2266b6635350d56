package io.millrace.broker.group.consumer;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;

/** What speaks against a heartbeat, as the client is told. */
public record Refusal(ErrorCode error, String message) {

    static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_REQUEST, message);
    }

    static Refusal full(int sizeMax) {
        return new Refusal(
                ErrorCode.GROUP_MAX_SIZE_REACHED,
                "The consumer group has reached its maximum capacity of " + sizeMax + " members.");
    }

    public ConsumerGroupHeartbeatResponse response() {
        return new ConsumerGroupHeartbeatResponse().errorCode(error.code()).errorMessage(message);
    }
}
