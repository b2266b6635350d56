package io.millrace.client.group;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** Collects effects until they are taken, and numbers requests. */
final class Effects {
    /** No request. */
    static final long NONE = 0;

    private List<GroupEffect> effects = new ArrayList<>();
    private long lastTicket = NONE;

    void add(GroupEffect effect) {
        effects.add(effect);
    }

    /** Returns the ticket. */
    long send(ApiKey api, GroupEffect.RequestForVersion request, long timeoutMs) {
        add(new GroupEffect.Send(++lastTicket, api, request, timeoutMs));
        return lastTicket;
    }

    /** Whether to try again is worth while. If the coordinator is elsewhere, says so. */
    boolean isPassing(ErrorCode error) {
        if (error == ErrorCode.NOT_COORDINATOR || error == ErrorCode.COORDINATOR_NOT_AVAILABLE) {
            add(new GroupEffect.CoordinatorMoved());
        }
        return error.retriable() || error == ErrorCode.REBALANCE_IN_PROGRESS;
    }

    List<GroupEffect> take() {
        List<GroupEffect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }
}
