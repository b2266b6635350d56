package io.millrace.broker.group.consumer;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;

/** What speaks against a heartbeat, as the client is told. */
public record Refusal(ErrorCode error, String message) {

    static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_REQUEST, message);
    }

    public ConsumerGroupHeartbeatResponse response() {
        return new ConsumerGroupHeartbeatResponse().errorCode(error.code()).errorMessage(message);
    }
}
