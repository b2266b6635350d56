package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.wire.message.JoinGroupResponse;
import java.util.function.Consumer;

/**
 * A JoinGroup of a client that speaks the classic protocol.
 *
 * @param member whom it would like to be, under its id or under the one that it is given
 * @param isNewcomer whether it brought no id
 * @param comesTwice whether it knows that it is given an id first, and then comes again (KIP-394)
 * @param reply to be answered exactly once
 */
public record ClassicAttempt(
        ClassicMember member,
        String protocolType,
        boolean isNewcomer,
        boolean comesTwice,
        Consumer<JoinGroupResponse> reply) {}
