package io.millrace.broker.storage;

import org.jspecify.annotations.Nullable;

/**
 * Says which thread may change an object, for {@code assert owner.isCurrent()} at the head of its mutators.
 *
 * <p>The first caller becomes the owner. {@link #release} hands the object on, for example from the thread that recovered
 * it to the ring's thread; the hand-over itself must happen through something that orders memory.
 */
public final class ThreadOwner {

    private volatile @Nullable Thread thread;

    /** True on the owner's thread; binds the caller when there is no owner yet. */
    public boolean isCurrent() {
        Thread current = Thread.currentThread();
        Thread owner = thread;
        if (owner == null) {
            thread = current;
            return true;
        }
        return owner == current;
    }

    /** Lets the next caller become the owner. */
    public void release() {
        thread = null;
    }

    @Override
    public String toString() {
        Thread owner = thread;
        return owner == null ? "unowned" : owner.getName();
    }
}
