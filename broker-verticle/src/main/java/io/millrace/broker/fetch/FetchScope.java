package io.millrace.broker.fetch;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Records;
import io.millrace.wire.message.FetchResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which partitions one fetch is about, and how its answer is put together (KIP-227). */
sealed interface FetchScope {

    /** In the order in which they are to be served. */
    Collection<FetchTarget> targets();

    /**
     * Makes the response. Records that do not get into it are released.
     *
     * @param targets those of {@link #targets()} when the fetch began
     * @param answers one for each of them
     */
    FetchResponse respond(List<FetchTarget> targets, List<FetchResponse.PartitionData> answers);

    /** All partitions, in the request and in the answer. */
    record Sessionless(List<FetchTarget> targets) implements FetchScope {

        @Override
        public FetchResponse respond(List<FetchTarget> asked, List<FetchResponse.PartitionData> answers) {
            FetchResponse response = new FetchResponse().sessionId(FetchEpoch.NO_SESSION);
            for (int i = 0; i < asked.size(); i++) {
                add(response, asked.get(i), answers.get(i));
            }
            return response;
        }
    }

    /** All partitions, and a session for the requests that follow if there is a place for it. */
    record NewSession(List<FetchTarget> targets, FetchSessions sessions, RequestContext context, boolean usesTopicIds)
            implements FetchScope {

        @Override
        public FetchResponse respond(List<FetchTarget> asked, List<FetchResponse.PartitionData> answers) {
            FetchResponse response = new Sessionless(targets).respond(asked, answers);
            long connectionId = context.connection().id();
            FetchSession session = sessions.create(connectionId, usesTopicIds, asked, System.nanoTime());
            if (session == null) {
                return response;
            }
            for (int i = 0; i < asked.size(); i++) {
                asked.get(i).isNews(answers.get(i));
            }
            context.gate().onDisconnect(new SessionEnd(sessions, connectionId));
            return response.sessionId(session.id());
        }
    }

    /** Ends the session of a connection; equal for all sessions of it, so that it is registered once. */
    record SessionEnd(FetchSessions sessions, long connectionId) implements Runnable {

        @Override
        public void run() {
            sessions.remove(connectionId);
        }
    }

    /** The partitions of a session; those with news in the answer. */
    record Incremental(FetchSession session, int epoch) implements FetchScope {

        /** The scope of the request that the session has just advanced to. */
        static Incremental of(FetchSession session) {
            return new Incremental(session, session.epoch());
        }

        @Override
        public Collection<FetchTarget> targets() {
            return session.targets();
        }

        @Override
        public FetchResponse respond(List<FetchTarget> asked, List<FetchResponse.PartitionData> answers) {
            FetchResponse response = new FetchResponse().sessionId(session.id());
            if (session.epoch() != epoch) {
                // The client sent its next request before this answer: it cannot tell what the answer refers to.
                answers.forEach(FetchScope::release);
                return response.errorCode(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
            }
            List<FetchTarget> served = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                FetchTarget target = asked.get(i);
                FetchResponse.PartitionData answer = answers.get(i);
                if (target.isNews(answer)) {
                    add(response, target, answer);
                    if (FetchTarget.hasRecords(answer)) {
                        served.add(target);
                    }
                }
            }
            session.moveToEnd(served);
            return response;
        }
    }

    private static void release(FetchResponse.PartitionData answer) {
        Records records = answer.records();
        if (records != null) {
            records.release();
        }
    }

    private static void add(FetchResponse response, FetchTarget target, FetchResponse.PartitionData answer) {
        List<FetchResponse.FetchableTopicResponse> topics = response.responses();
        FetchResponse.@Nullable FetchableTopicResponse last = topics.isEmpty() ? null : topics.get(topics.size() - 1);
        if (last == null
                || !last.topicId().equals(target.topicId())
                || !last.topic().equals(target.topic())) {
            last = new FetchResponse.FetchableTopicResponse()
                    .topic(target.topic())
                    .topicId(target.topicId());
            topics.add(last);
        }
        last.partitions().add(answer);
    }
}
