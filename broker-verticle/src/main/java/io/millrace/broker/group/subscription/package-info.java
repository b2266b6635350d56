/**
 * What members want to read, as far as they do not name it: regular expressions over the names of topics (KIP-848), in the
 * language of RE2, which needs no more time than an expression and a name are long. Pure; any thread.
 */
@NullMarked
package io.millrace.broker.group.subscription;

import org.jspecify.annotations.NullMarked;
