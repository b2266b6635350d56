package io.millrace.micro;

import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchRequest.FetchPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Fetch requests as a consumer with its default settings sends them. */
final class FetchRequests {

    private static final int PARTITION_BYTES_MAX = 1 << 20;
    private static final int BYTES_MAX = 50 << 20;
    private static final int WAIT_MS_MAX = 500;

    private FetchRequests() {}

    /** For the first partitions of a topic, from their start on; wants a session. */
    static FetchRequest of(UUID topic, int partitions) {
        List<FetchPartition> asked = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            asked.add(new FetchPartition()
                    .partition(i)
                    .currentLeaderEpoch(0)
                    .fetchOffset(0)
                    .lastFetchedEpoch(-1)
                    .partitionMaxBytes(PARTITION_BYTES_MAX));
        }
        return new FetchRequest()
                .sessionEpoch(0)
                .maxWaitMs(WAIT_MS_MAX)
                .minBytes(1)
                .maxBytes(BYTES_MAX)
                .topics(List.of(new FetchRequest.FetchTopic().topicId(topic).partitions(asked)));
    }
}
