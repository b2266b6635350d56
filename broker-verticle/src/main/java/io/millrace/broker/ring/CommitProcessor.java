package io.millrace.broker.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.EventProcessor;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import io.millrace.broker.storage.shard.ShardSlot;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the second stage on its own thread, so that the first can go on while the disk works, or on the first stage's thread
 * when there is nothing to overlap: a small batch, and all before it is done. Then nobody has to be woken, and what arrives
 * meanwhile makes the next batch larger, until it is worth a thread of its own.
 *
 * <p>Whoever runs it holds the lock, and takes what follows the last finished slot. So both may try, and each slot is
 * committed once and in order.
 */
final class CommitProcessor implements EventProcessor {

    private final RingBuffer<ShardSlot> ring;
    private final SequenceBarrier barrier;
    private final CommitHandler handler;
    private final FencingExceptionHandler failures;
    private final Sequence sequence = new Sequence();
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean running;
    private volatile boolean halted;

    CommitProcessor(
            RingBuffer<ShardSlot> ring,
            SequenceBarrier barrier,
            CommitHandler handler,
            FencingExceptionHandler failures) {
        this.ring = ring;
        this.barrier = barrier;
        this.handler = handler;
        this.failures = failures;
    }

    @Override
    public Sequence getSequence() {
        return sequence;
    }

    @Override
    public void halt() {
        halted = true;
        barrier.alert();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void run() {
        running = true;
        while (!halted) {
            try {
                long available = barrier.waitFor(sequence.get() + 1);
                turn.lock();
                try {
                    commitUpTo(available);
                } finally {
                    turn.unlock();
                }
            } catch (AlertException | InterruptedException | TimeoutException e) {
                // Halted, which the loop sees; nobody interrupts this thread, and the wait strategy has no limit.
            }
        }
        running = false;
    }

    /**
     * Called by the first stage after a batch, with its sequence not moved yet.
     *
     * @return whether the batch is committed; if not, it is for this processor's own thread
     */
    boolean tryCommitHere(long firstOfBatch, long lastOfBatch) {
        if (!turn.tryLock()) {
            return false;
        }
        try {
            if (sequence.get() != firstOfBatch - 1) {
                return false;
            }
            commitUpTo(lastOfBatch);
            return true;
        } finally {
            turn.unlock();
        }
    }

    private void commitUpTo(long last) {
        for (long at = sequence.get() + 1; at <= last; at++) {
            ShardSlot slot = ring.get(at);
            try {
                handler.onEvent(slot, at, at == last);
            } catch (RuntimeException | Error e) {
                failures.handleEventException(e, at, slot);
                sequence.set(at);
            }
        }
    }
}
