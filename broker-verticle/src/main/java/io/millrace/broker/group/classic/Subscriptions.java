package io.millrace.broker.group.classic;

import io.millrace.wire.WireException;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What consumers say about themselves when they join, as far as a broker has to know: the topics. */
final class Subscriptions {

    static final String CONSUMER = "consumer";

    /** What every later version begins with. */
    private static final short OLDEST = 0;

    private Subscriptions() {}

    /**
     * The topics that the members of a group read; null if that cannot be told, because they are no consumers, or have not
     * agreed on a protocol, or speak in a way that nobody here knows.
     */
    static @Nullable Set<String> topics(Members members, @Nullable String protocolType, @Nullable String protocol) {
        if (!CONSUMER.equals(protocolType)) {
            return null;
        }
        Set<String> topics = new HashSet<>();
        for (Member each : members.all()) {
            if (protocol == null || !addTopics(each.protocols.metadata(protocol), topics)) {
                return null;
            }
        }
        return topics;
    }

    private static boolean addTopics(ByteBuf metadata, Set<String> topics) {
        WireReader in = new WireReader(metadata, WireLimits.DEFAULT);
        try {
            in.readShort();
            topics.addAll(new ConsumerProtocolSubscription(in, OLDEST).topics());
            return true;
        } catch (WireException e) {
            // Written by a client of its own kind, for its own leader. The offsets of its topics are kept.
            return false;
        }
    }
}
