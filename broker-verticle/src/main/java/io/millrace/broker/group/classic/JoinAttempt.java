package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish to be in a group.
 *
 * @param version of the request: newer clients come twice, first for a member id, and know when an assignment stays
 * @param memberId empty if the client has none yet
 * @param newMemberId what it is going to be called then: random, and handed in because nothing in here is
 * @param reply to be answered exactly once, now or when the generation begins
 */
public record JoinAttempt(
        short version,
        String memberId,
        @Nullable String instanceId,
        String newMemberId,
        String clientId,
        String clientHost,
        String protocolType,
        Protocols protocols,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        Consumer<JoinGroupResponse> reply) {

    /** From here on a client comes again with the member id that it was given (KIP-394). */
    private static final int FIRST_VERSION_THAT_COMES_TWICE = 4;

    /** From here on a leader can be told that it need not assign anything (KIP-814). */
    private static final int FIRST_VERSION_THAT_SKIPS_ASSIGNING = 9;

    /** What a client calls itself may be as long as a string can be; with more behind it, it would be none any more. */
    private static final int NAME_LENGTH_MAX = 1_000;

    /** Copies what it keeps of the request, whose bytes live no longer than the frame. */
    public static JoinAttempt of(
            JoinGroupRequest request,
            short version,
            String clientId,
            String clientHost,
            String randomId,
            Consumer<JoinGroupResponse> reply) {
        String instanceId = request.groupInstanceId();
        return new JoinAttempt(
                version,
                request.memberId(),
                instanceId,
                cut(instanceId == null ? clientId : instanceId) + "-" + randomId,
                clientId,
                clientHost,
                request.protocolType(),
                Protocols.of(request.protocols()),
                request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                request.sessionTimeoutMs(),
                reply);
    }

    private static String cut(String name) {
        if (name.length() <= NAME_LENGTH_MAX) {
            return name;
        }
        boolean splitsPair = Character.isHighSurrogate(name.charAt(NAME_LENGTH_MAX - 1));
        return name.substring(0, splitsPair ? NAME_LENGTH_MAX - 1 : NAME_LENGTH_MAX);
    }

    /** NONE, or what speaks against it where nobody is a member, or has been asked to come again. */
    public ErrorCode problemInEmptyGroup() {
        if (!isNewcomer()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return saysHowToAssign() ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }

    boolean saysHowToAssign() {
        return !protocolType.isEmpty() && !protocols.names().isEmpty();
    }

    public boolean isNewcomer() {
        return memberId.isEmpty();
    }

    public boolean comesTwice() {
        return version >= FIRST_VERSION_THAT_COMES_TWICE;
    }

    boolean skipsAssigning() {
        return version >= FIRST_VERSION_THAT_SKIPS_ASSIGNING;
    }

    /** Whom the client would like to be, under this id or under the one that it is given. */
    public ClassicMember described() {
        return member(isNewcomer() ? newMemberId : memberId).described();
    }

    Member member(String id) {
        return new Member(
                id, instanceId, clientId, clientHost, protocolType, rebalanceTimeoutMs, sessionTimeoutMs, protocols);
    }
}
