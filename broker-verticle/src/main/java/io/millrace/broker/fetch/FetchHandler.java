package io.millrace.broker.fetch;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers Fetch of clients: finds the session, then leaves the rest to a {@link FetchOperation}. One instance for each
 * event loop.
 */
public final class FetchHandler implements ApiHandler<FetchRequest, FetchResponse> {

    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;

    /**
     * Partitions that all sessions may remember together, at half a kilobyte each with the longest of names. Nothing
     * else bounds the memory of sessions, which outlives the requests that it came with.
     */
    private static final int SESSION_PARTITIONS_MAX = 200_000;

    private final FetchLoop loop;
    private final Partitions partitions;
    private final FetchSessions sessions;
    private final int bytesMax;

    /**
     * @param loops event loops of the broker, which share the sessions
     * @param sessionsMax {@code max.incremental.fetch.session.cache.slots}
     * @param bytesMax {@code fetch.max.bytes}: the most that any client gets at once
     */
    public FetchHandler(FetchLoop loop, Partitions partitions, int loops, int sessionsMax, int bytesMax) {
        this.loop = loop;
        this.partitions = partitions;
        this.sessions =
                new FetchSessions(Math.max(1, sessionsMax / loops), Math.max(1, SESSION_PARTITIONS_MAX / loops));
        this.bytesMax = bytesMax;
    }

    @Override
    public ApiKey key() {
        return ApiKey.FETCH;
    }

    @Override
    public Future<FetchResponse> handle(RequestContext context, FetchRequest request) {
        if (replicaId(context, request) >= 0) {
            return Future.succeededFuture(refuseReplica(request));
        }
        FetchScope scope;
        if (request.sessionEpoch() == FetchEpoch.FINAL || request.sessionEpoch() == FetchEpoch.INITIAL) {
            scope = fullScope(context, request);
        } else {
            long connectionId = context.connection().id();
            FetchSession session = sessions.find(connectionId, request.sessionId());
            if (session == null) {
                return failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            }
            if (namesUnusableTopic(request)) {
                sessions.remove(connectionId);
                return failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            }
            int sizeBefore = session.size();
            ErrorCode error = session.advance(request, usesTopicIds(context));
            if (error != ErrorCode.NONE) {
                return failed(error);
            }
            if (!sessions.resized(connectionId, session, sizeBefore)) {
                return failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            }
            scope = incrementalScope(connectionId, session);
        }
        int limit = Math.min(request.maxBytes(), bytesMax);
        FetchReader reader = new FetchReader(partitions, context.version(), request.isolationLevel(), limit);
        int bytesMin = Math.min(request.minBytes(), limit);
        return new FetchOperation(loop, context, scope, reader, bytesMin)
                .start(bytesMin <= 0 ? 0 : request.maxWaitMs());
    }

    private FetchScope fullScope(RequestContext context, FetchRequest request) {
        if (sessions.find(context.connection().id(), request.sessionId()) != null) {
            sessions.remove(context.connection().id());
        }
        List<FetchTarget> targets = FetchSession.targetsOf(request);
        if (request.sessionEpoch() == FetchEpoch.FINAL || namesUnusableTopic(request)) {
            return new FetchScope.Sessionless(targets);
        }
        return new FetchScope.NewSession(targets, sessions, context, usesTopicIds(context));
    }

    /**
     * Whether a topic of the request can never exist: its name may have 32 KiB, which no session is to remember. The
     * client gets the error for it in each answer, as it would with a session, but names all of its partitions for it.
     */
    private static boolean namesUnusableTopic(FetchRequest request) {
        for (FetchRequest.FetchTopic topic : request.topics()) {
            if (topic.topicId().equals(Uuids.ZERO) && TopicNames.problemWith(topic.topic()) != null) {
                return true;
            }
        }
        return false;
    }

    /** A session without partitions ends. */
    private FetchScope incrementalScope(long connectionId, FetchSession session) {
        if (session.size() == 0) {
            sessions.remove(connectionId);
            return new FetchScope.Sessionless(List.of());
        }
        session.used(System.nanoTime());
        return FetchScope.Incremental.of(session);
    }

    private static boolean usesTopicIds(RequestContext context) {
        return context.version() >= FetchReader.FIRST_VERSION_WITH_TOPIC_IDS;
    }

    private static int replicaId(RequestContext context, FetchRequest request) {
        return context.version() < FIRST_VERSION_WITH_REPLICA_STATE
                ? request.replicaId()
                : request.replicaState().replicaId();
    }

    private static Future<FetchResponse> failed(ErrorCode error) {
        return Future.succeededFuture(
                new FetchResponse().errorCode(error.code()).sessionId(FetchEpoch.NO_SESSION));
    }

    /** No broker keeps copies of another's partitions: whoever asks as one is told so for each partition. */
    private static FetchResponse refuseReplica(FetchRequest request) {
        List<FetchResponse.PartitionData> answers = new ArrayList<>();
        List<FetchTarget> targets = FetchSession.targetsOf(request);
        for (FetchTarget target : targets) {
            answers.add(FetchReader.failed(target, ErrorCode.INVALID_REQUEST));
        }
        return new FetchScope.Sessionless(targets).respond(targets, answers);
    }
}
