package io.millrace.broker.group.classic;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;

/** Answers to SyncGroup that bring no assignment. */
public final class SyncAnswers {

    private SyncAnswers() {}

    /** Clients do not expect that a coordinator begins to load while they sync: they are to join again. As Kafka does. */
    public static SyncGroupResponse failed(ErrorCode error) {
        ErrorCode told = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.REBALANCE_IN_PROGRESS : error;
        return new SyncGroupResponse().errorCode(told.code()).assignment(Unpooled.EMPTY_BUFFER);
    }
}
