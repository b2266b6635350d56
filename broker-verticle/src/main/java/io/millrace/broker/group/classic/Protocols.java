package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a member can do, the best first: for consumers, ways of assigning partitions and what it has subscribed to. Immutable. */
final class Protocols {

    private final List<ClassicProtocol> list;
    private final int bytes;

    private Protocols(List<ClassicProtocol> list) {
        this.list = List.copyOf(list);
        this.bytes = list.stream().mapToInt(ClassicProtocol::bytes).sum();
    }

    /** Copies what a request says. */
    static Protocols of(List<JoinGroupRequestProtocol> requested) {
        List<ClassicProtocol> list = new ArrayList<>(requested.size());
        for (JoinGroupRequestProtocol each : requested) {
            list.add(ClassicProtocol.of(each.name(), each.metadata()));
        }
        return new Protocols(list);
    }

    /** Copies what a record says: the one that the generation had agreed on. */
    static Protocols chosen(@Nullable String name, ByteBuf metadata) {
        return new Protocols(name == null ? List.of() : List.of(ClassicProtocol.of(name, metadata)));
    }

    List<ClassicProtocol> list() {
        return list;
    }

    /** Roughly what it takes in memory. */
    int bytes() {
        return bytes;
    }

    List<String> names() {
        return list.stream().map(ClassicProtocol::name).distinct().toList();
    }

    /** What the member says about itself under a protocol; empty if it does not know it. */
    ByteBuf metadata(@Nullable String name) {
        for (ClassicProtocol each : list) {
            if (each.name().equals(name)) {
                return each.metadata();
            }
        }
        return Unpooled.EMPTY_BUFFER;
    }

    /** The first of ours that is among the candidates. */
    @Nullable
    String vote(Set<String> candidates) {
        for (ClassicProtocol each : list) {
            if (candidates.contains(each.name())) {
                return each.name();
            }
        }
        return null;
    }

    /** Whether a member that says this again has changed nothing. */
    boolean isSameAs(Protocols other) {
        return list.equals(other.list);
    }
}
