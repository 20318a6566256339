// ethers for the scripts elsewhere in this repository: it is installed here alone.
export * from 'ethers';
