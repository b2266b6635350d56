package io.millrace.client.group;

import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator of the classic protocol, as simple as it can be. */
final class ClassicCoordinator implements ModelCoordinator {

    private enum State {
        EMPTY,
        PREPARING,
        COMPLETING,
        STABLE
    }

    private static final class Member {
        final String id;
        List<JoinGroupRequestProtocol> protocols = List.of();
        int sessionMs;
        int rebalanceMs;
        long heardMs;
        ByteBuf assignment = Unpooled.EMPTY_BUFFER;

        @Nullable
        Consumer<ApiMessage> join;

        @Nullable
        Consumer<ApiMessage> sync;

        Member(String id) {
            this.id = id;
        }

        Member copy() {
            Member copy = new Member(id);
            copy.protocols = protocols;
            copy.sessionMs = sessionMs;
            copy.rebalanceMs = rebalanceMs;
            copy.assignment = assignment;
            return copy;
        }
    }

    private State state = State.EMPTY;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Set<String> promised = new HashSet<>();
    private int lastId;
    private int generation;
    private String leader = "";
    private String protocol = "";
    private long rebalanceEndMs;

    private List<Member> written = List.of();
    private int writtenGeneration;
    private String writtenLeader = "";
    private String writtenProtocol = "";

    @Override
    public int changes() {
        return generation;
    }

    @Override
    public void handle(ApiMessage request, Consumer<ApiMessage> answer, long nowMs) {
        if (request instanceof JoinGroupRequest join) {
            join(join, answer, nowMs);
        } else if (request instanceof SyncGroupRequest sync) {
            sync(sync, answer, nowMs);
        } else if (request instanceof HeartbeatRequest heartbeat) {
            ErrorCode error = check(heartbeat.memberId(), heartbeat.generationId(), nowMs);
            boolean prepares = error == ErrorCode.NONE && state == State.PREPARING;
            answer.accept(
                    new HeartbeatResponse().errorCode((prepares ? ErrorCode.REBALANCE_IN_PROGRESS : error).code()));
        } else if (request instanceof LeaveGroupRequest leave) {
            leave.members().forEach(each -> remove(each.memberId(), nowMs));
            answer.accept(new LeaveGroupResponse());
        } else {
            throw new AssertionError("not of this protocol: " + request);
        }
    }

    private ErrorCode check(String id, int saysGeneration, long nowMs) {
        Member member = members.get(id);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (saysGeneration != generation) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        member.heardMs = nowMs;
        return ErrorCode.NONE;
    }

    private void join(JoinGroupRequest request, Consumer<ApiMessage> answer, long nowMs) {
        String id = request.memberId();
        if (id.isEmpty()) {
            String given = "m" + ++lastId;
            promised.add(given);
            answer.accept(new JoinGroupResponse()
                    .errorCode(ErrorCode.MEMBER_ID_REQUIRED.code())
                    .memberId(given));
            return;
        }
        Member member = members.get(id);
        if (member == null && !promised.remove(id)) {
            answer.accept(new JoinGroupResponse().errorCode(ErrorCode.UNKNOWN_MEMBER_ID.code()));
            return;
        }
        boolean isNew = member == null;
        if (member == null) {
            member = new Member(id);
            members.put(id, member);
        }
        boolean changes = isNew || !member.protocols.equals(request.protocols());
        member.protocols = request.protocols();
        member.sessionMs = request.sessionTimeoutMs();
        member.rebalanceMs = request.rebalanceTimeoutMs();
        member.heardMs = nowMs;
        member.join = answer;
        boolean asItWas = !changes && (state == State.COMPLETING || (state == State.STABLE && !id.equals(leader)));
        if (asItWas) {
            answerJoin(member);
        } else {
            if (state != State.PREPARING) {
                prepare(nowMs);
            }
            completeIfAllJoined(nowMs);
        }
    }

    private void prepare(long nowMs) {
        state = State.PREPARING;
        rebalanceEndMs = nowMs
                + members.values().stream()
                        .mapToInt(each -> each.rebalanceMs)
                        .max()
                        .orElse(0);
        for (Member each : members.values()) {
            answerSync(each, ErrorCode.REBALANCE_IN_PROGRESS);
        }
    }

    private void completeIfAllJoined(long nowMs) {
        if (state == State.PREPARING && members.values().stream().allMatch(each -> each.join != null)) {
            complete(nowMs);
        }
    }

    private void complete(long nowMs) {
        members.values().removeIf(each -> each.join == null);
        generation++;
        if (members.isEmpty()) {
            state = State.EMPTY;
            write();
            return;
        }
        state = State.COMPLETING;
        if (!members.containsKey(leader)) {
            leader = members.keySet().iterator().next();
        }
        protocol = members.values().iterator().next().protocols.stream()
                .map(JoinGroupRequestProtocol::name)
                .filter(name -> members.values().stream()
                        .allMatch(each -> each.protocols.stream()
                                .anyMatch(known -> known.name().equals(name))))
                .findFirst()
                .orElseThrow();
        for (Member each : members.values()) {
            each.heardMs = nowMs;
            answerJoin(each);
        }
    }

    private void answerJoin(Member member) {
        JoinGroupResponse response = new JoinGroupResponse()
                .generationId(generation)
                .protocolType("consumer")
                .protocolName(protocol)
                .leader(leader)
                .memberId(member.id);
        if (member.id.equals(leader)) {
            List<JoinGroupResponse.JoinGroupResponseMember> all = new ArrayList<>();
            for (Member each : members.values()) {
                ByteBuf metadata = each.protocols.stream()
                        .filter(known -> known.name().equals(protocol))
                        .findFirst()
                        .orElseThrow()
                        .metadata();
                all.add(new JoinGroupResponse.JoinGroupResponseMember()
                        .memberId(each.id)
                        .metadata(metadata));
            }
            response.members(all);
        }
        Objects.requireNonNull(member.join).accept(response);
        member.join = null;
    }

    private void sync(SyncGroupRequest request, Consumer<ApiMessage> answer, long nowMs) {
        ErrorCode error = check(request.memberId(), request.generationId(), nowMs);
        if (error == ErrorCode.NONE && state == State.PREPARING) {
            error = ErrorCode.REBALANCE_IN_PROGRESS;
        }
        if (error != ErrorCode.NONE) {
            answer.accept(new SyncGroupResponse().errorCode(error.code()));
            return;
        }
        Member member = Objects.requireNonNull(members.get(request.memberId()));
        member.sync = answer;
        if (state == State.COMPLETING && member.id.equals(leader)) {
            members.values().forEach(each -> each.assignment = Unpooled.EMPTY_BUFFER);
            request.assignments()
                    .forEach(each ->
                            Objects.requireNonNull(members.get(each.memberId())).assignment = each.assignment());
            state = State.STABLE;
            write();
            members.values().forEach(each -> answerSync(each, ErrorCode.NONE));
        } else if (state == State.STABLE) {
            answerSync(member, ErrorCode.NONE);
        }
    }

    private static void answerSync(Member member, ErrorCode error) {
        Consumer<ApiMessage> answer = member.sync;
        member.sync = null;
        if (answer != null) {
            SyncGroupResponse response = new SyncGroupResponse().errorCode(error.code());
            answer.accept(error == ErrorCode.NONE ? response.assignment(member.assignment) : response);
        }
    }

    private void remove(String id, long nowMs) {
        if (members.remove(id) != null) {
            if (members.isEmpty() && state != State.PREPARING) {
                generation++;
                state = State.EMPTY;
                write();
            } else if (state != State.PREPARING) {
                prepare(nowMs);
            }
            completeIfAllJoined(nowMs);
        }
    }

    @Override
    public void tick(long nowMs) {
        for (Member each : List.copyOf(members.values())) {
            boolean waits = each.join != null || each.sync != null;
            if (!waits && each.heardMs + each.sessionMs <= nowMs) {
                remove(each.id, nowMs);
            }
        }
        if (state == State.PREPARING && rebalanceEndMs <= nowMs) {
            complete(nowMs);
        }
    }

    private void write() {
        written = members.values().stream().map(Member::copy).toList();
        writtenGeneration = generation;
        writtenLeader = leader;
        writtenProtocol = protocol;
    }

    @Override
    public void failOver(long nowMs) {
        members.clear();
        for (Member each : written) {
            Member member = each.copy();
            member.heardMs = nowMs;
            members.put(member.id, member);
        }
        generation = writtenGeneration;
        leader = writtenLeader;
        protocol = writtenProtocol;
        promised.clear();
        state = members.isEmpty() ? State.EMPTY : State.STABLE;
    }
}
