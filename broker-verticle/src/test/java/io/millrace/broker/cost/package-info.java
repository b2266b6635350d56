/**
 * What a request may cost, in things that can be counted and do not depend on the machine: system calls, hand-offs between
 * threads, bytes allocated. {@code costs.txt} among the test resources says how much, and of what that is made.
 */
@NullMarked
package io.millrace.broker.cost;

import org.jspecify.annotations.NullMarked;
