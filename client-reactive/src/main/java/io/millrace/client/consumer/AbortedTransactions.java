package io.millrace.client.consumer;

import io.millrace.wire.message.FetchResponse.AbortedTransaction;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which batches of a fetched record set belong to transactions that were aborted (KIP-98). The broker tells the first offset of
 * each; its last is where the set has the marker that ended it. Batches must be asked for in their order. One record set.
 */
final class AbortedTransactions {

    private static final AbortedTransactions NONE = new AbortedTransactions(List.of());

    /** By their first offsets. */
    private final List<AbortedTransaction> transactions;

    private int begun;

    /** The producers whose aborted transaction has begun, and not ended yet. */
    private final Set<Long> aborting = new HashSet<>();

    private AbortedTransactions(List<AbortedTransaction> transactions) {
        this.transactions = transactions;
    }

    /** @param transactions as the broker has answered; null if it knows none, or was not asked */
    static AbortedTransactions of(@Nullable List<AbortedTransaction> transactions) {
        if (transactions == null || transactions.isEmpty()) {
            return NONE;
        }
        List<AbortedTransaction> sorted = new ArrayList<>(transactions);
        sorted.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        return new AbortedTransactions(sorted);
    }

    /** Whether the batch is data of an aborted transaction. */
    boolean includes(ByteBuf buf, int index) {
        if (transactions.isEmpty()) {
            return false;
        }
        begin(RecordBatch.lastOffset(buf, index));
        return RecordBatch.isTransactional(buf, index)
                && !RecordBatch.isControl(buf, index)
                && aborting.contains(RecordBatch.producerId(buf, index));
    }

    /** The set has a marker that ends an aborted transaction. */
    void end(long producerId) {
        if (!transactions.isEmpty()) {
            aborting.remove(producerId);
        }
    }

    private void begin(long lastOffset) {
        while (begun < transactions.size() && transactions.get(begun).firstOffset() <= lastOffset) {
            aborting.add(transactions.get(begun).producerId());
            begun++;
        }
    }
}
