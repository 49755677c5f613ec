/* FILETIME, the time of Windows: 100 ns since 1601 in UTC. This is 1970, where UNIX time begins. */
#ifndef WFPFAST_FILETIME_H
#define WFPFAST_FILETIME_H

#define FILETIME_UNIX_EPOCH 116444736000000000ULL

#endif
