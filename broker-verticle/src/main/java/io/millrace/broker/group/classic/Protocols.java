package io.millrace.broker.group.classic;

import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a member can do, the best first: for consumers, ways of assigning partitions and what it has subscribed to. Immutable. */
final class Protocols {

    private static final byte[] NOTHING = {};

    /** Roughly what an entry takes beside its characters and bytes. */
    private static final int ENTRY_BYTES = 120;

    private static final class Protocol {
        private final String name;
        /** Never changed. */
        private final byte[] metadata;

        Protocol(String name, byte[] metadata) {
            this.name = name;
            this.metadata = metadata;
        }

        String name() {
            return name;
        }
    }

    private final List<Protocol> list;
    private final int bytes;

    private Protocols(List<Protocol> list) {
        this.list = List.copyOf(list);
        this.bytes = list.stream()
                .mapToInt(each -> ENTRY_BYTES + each.name.length() + each.metadata.length)
                .sum();
    }

    /** Copies what a request says. */
    static Protocols of(List<JoinGroupRequestProtocol> requested) {
        List<Protocol> list = new ArrayList<>(requested.size());
        for (JoinGroupRequestProtocol each : requested) {
            list.add(new Protocol(each.name(), bytes(each.metadata())));
        }
        return new Protocols(list);
    }

    /** Copies what a record says: the one that the generation had agreed on. */
    static Protocols chosen(@Nullable String name, ByteBuf metadata) {
        return new Protocols(name == null ? List.of() : List.of(new Protocol(name, bytes(metadata))));
    }

    private static byte[] bytes(ByteBuf buffer) {
        return ByteBufUtil.getBytes(buffer);
    }

    /** Roughly what it takes in memory. */
    int bytes() {
        return bytes;
    }

    List<String> names() {
        return list.stream().map(Protocol::name).distinct().toList();
    }

    /** What the member says about itself under a protocol; empty if it does not know it. */
    byte[] metadata(@Nullable String name) {
        for (Protocol each : list) {
            if (each.name.equals(name)) {
                return each.metadata;
            }
        }
        return NOTHING;
    }

    /** The first of ours that is among the candidates. */
    @Nullable
    String vote(Set<String> candidates) {
        for (Protocol each : list) {
            if (candidates.contains(each.name)) {
                return each.name;
            }
        }
        return null;
    }

    /** Whether a member that says this again has changed nothing. */
    boolean isSameAs(Protocols other) {
        if (list.size() != other.list.size()) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            Protocol own = list.get(i);
            Protocol theirs = other.list.get(i);
            if (!own.name.equals(theirs.name) || !Arrays.equals(own.metadata, theirs.metadata)) {
                return false;
            }
        }
        return true;
    }
}
