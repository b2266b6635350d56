/** Groups of the next-generation protocol: step by step, and over random lives of their members. */
@NullMarked
package io.millrace.broker.group.consumer;

import org.jspecify.annotations.NullMarked;
